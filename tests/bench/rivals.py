"""What libraries that we do not depend on take for the same bytes: run by `bench_stages.py` in an environment of their own.

python rivals.py parse|extract FOLDER ROUNDS      prints {name: median CPU seconds}
"""

import json
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    stage, folder, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    material = [path.read_bytes() for path in sorted(folder.iterdir())]
    print(json.dumps({name: median(work, material, rounds) for name, work in candidates(stage).items()}))


def candidates(stage):
    if stage == "parse":
        import fastfeedparser

        return {"fastfeedparser": lambda one: fastfeedparser.parse(one.decode())}
    import newspaper

    def read(one):
        article = newspaper.Article("http://127.0.0.1/")
        article.download(input_html=one.decode("utf-8", "replace"))
        article.parse()
        return article.text

    return {"newspaper4k": read}


def median(work, material, rounds):
    taken = []
    for turn in range(rounds + 1):
        started = time.process_time()
        for one in material:
            work(one)
        if turn:
            taken.append(time.process_time() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
