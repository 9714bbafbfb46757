"""What the API answers with; the shapes stand where the rooms' own operations reach them."""

from sakimori.pages.shapes import Answer, Done, Fault, FieldFault, Proposed, Reason, Rows, Sentence, Staged, Thing

__all__ = ["Answer", "Done", "Fault", "FieldFault", "Proposed", "Reason", "Rows", "Sentence", "Staged", "Thing"]
