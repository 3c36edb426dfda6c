"""Stand-ins of the platforms that enforce the platforms' rules. They import none of ours."""
