"""Problem 3: functions as ReLU networks, proven equal on all of ℝ by exact arithmetic."""
