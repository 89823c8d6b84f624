"""The rooms in the order of the assignment, with their titles."""

TITLES = {
    "data": "Data",
    "gradients": "1 Gradients by hand",
    "housing": "1 Housing",
    "jacobian": "2 Jacobians",
    "relu": "3 ReLU networks",
    "initialization": "4 Initialisation and depth",
    "least_squares": "5 Least squares",
    "report": "What was run",
}
