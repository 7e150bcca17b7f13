"""Reports from outside by HTTP: partners' systems and hotlines. Nothing here decides; it takes in or says why not."""
