"""The list of rounds: each is a function that takes a Stage and answers what it proved."""

ROUNDS = {}


class Round:
    def __init__(self, play, title, options, points=(), plain=False):
        self.play, self.title, self.options, self.points = play, title, options, points
        self.plain = plain


def round_of(title, plain=False, **options):
    """Registers a round under its function's name; `options` are the Stage's. `plain`: it cannot
    be played with a sanitizer build."""
    def put(play):
        ROUNDS[play.__name__] = Round(play, title, options, plain=plain)
        return play
    return put


def crash_round(point, play, **options):
    """A round that dies at this crash point."""
    ROUNDS[f"crash_{point}"] = Round(play, f"kill -9 at {point}", options, (point,))
