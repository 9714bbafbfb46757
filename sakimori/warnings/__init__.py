"""Warnings: who must know, and nobody else; release, delivery, answers (強化法38-44条)."""
