"""What people see: the screen, files to hand on."""
