"""``python -m callbacksim``."""

from callbacksim.cli import main

if __name__ == "__main__":
    main()
