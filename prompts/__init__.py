"""Words: one Markdown file a prompt, and the strict renderer in `prompts.render`."""
