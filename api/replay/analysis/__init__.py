"""What decided rows come to: sums, history explained, chances, comparisons."""
