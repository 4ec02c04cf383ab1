"""Values read, and whole dossiers judged."""
