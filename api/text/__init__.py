"""What people read: texts of every code, sentences made of a decision, the same to be spoken; English and French."""
