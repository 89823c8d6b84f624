"""Problem 1, exercise 3: the network of `byhand.gradients` trained on California Housing, slips and all."""
