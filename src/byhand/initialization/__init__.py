"""Problem 4: how initialisation and depth decide whether a tanh network learns."""
