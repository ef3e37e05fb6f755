"""What it means: figures from traces, replications, comparisons."""
