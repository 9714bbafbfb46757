"""Parties: organisations, designations, people, delegations, clearances, consents, deployments we talk to."""
