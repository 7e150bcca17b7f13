"""Reports from outside by HTTP: partners, hotlines, citizens. Nothing here decides; it takes in or says why not."""
