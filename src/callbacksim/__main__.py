"""``python -m callbacksim``."""

from callbacksim.start import main

if __name__ == "__main__":
    main()
