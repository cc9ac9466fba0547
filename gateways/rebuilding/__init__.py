"""Read models built anew beside the live ones, compared with them, and put in their place."""
