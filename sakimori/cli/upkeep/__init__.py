"""Looking after a deployment from its own machine: backup, restore, upgrade, doctor."""
