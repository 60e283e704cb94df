"""How well visitors are answered: scenarios and attacks as files, deterministic checks, figures and reports."""
