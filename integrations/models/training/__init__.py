"""How the signal model is made. Needs torch, which `make train` installs; nothing here runs in service."""
