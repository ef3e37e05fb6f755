"""What is asked: the file a planner writes, checked and frozen."""
