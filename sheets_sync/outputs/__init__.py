"""What leaves the tracker as text for people."""
