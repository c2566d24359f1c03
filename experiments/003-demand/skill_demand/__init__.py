"""Parts of experiment 003."""
