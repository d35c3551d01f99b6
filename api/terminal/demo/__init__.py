"""A recorded track that anybody can follow without a boat."""
