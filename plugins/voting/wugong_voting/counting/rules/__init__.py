"""The counting rules, one file each; each can be read without the others."""
