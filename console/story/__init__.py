"""The main job without a person: driven through the desks, proved at the far ends."""
