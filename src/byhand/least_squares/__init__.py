"""Problem 5: gradient descent on least squares, run and in closed form; when, how fast and where to it converges."""
