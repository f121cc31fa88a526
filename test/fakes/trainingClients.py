"""What the clients of R1-Searcher and Search-R1 do with a retrieval server, with nothing but the standard library.

python3 trainingClients.py URL: prints one JSON object of what each client made of the replies.
"""

import json
import re
import sys
import urllib.error
import urllib.request

URL = sys.argv[1]
# The clients ask 0.0.0.0, which leads to this machine.
UNNAMED = URL.replace("127.0.0.1", "0.0.0.0")


def post(url, payload):
    """`requests.post(url, json=payload)`: status and text."""
    body = json.dumps(payload).encode("utf-8")
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode("utf-8")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8")


def r1_searcher(queries, k):
    """One retrieval of its rollout: for each query what is put between the document tags."""
    status, text = post(UNNAMED + "/queries", {"queries": queries, "k": k})
    assert status == 200, text
    texts = []
    for documents in json.loads(text)["answers"]:
        shown = [re.sub(r"^\d+\s+", "", document) for document in documents]
        texts.append("".join(f"({i + 1}){one}\n" for i, one in enumerate(shown)) if shown else "None")
    return texts


def search_r1(queries, topk):
    """One retrieval of its generation: for each query what is put between the information tags."""
    _, text = post(URL + "/retrieve", {"queries": queries, "topk": topk, "return_scores": True})
    texts = []
    for found in json.loads(text)["result"]:
        shown = ""
        for i, one in enumerate(found):
            title, *lines = one["document"]["contents"].split("\n")
            shown += f"Doc {i + 1}(Title: {title}) " + "\n".join(lines) + "\n"
            assert isinstance(one["score"], (int, float))
        texts.append(shown.strip())
    return texts


QUESTIONS = ["How long do failed uploads wait before they are tried again?", "Where is a file given up on?"]
print(
    json.dumps(
        {
            "r1_searcher": r1_searcher(QUESTIONS + ["?!"], 3),
            "search_r1": search_r1(QUESTIONS, 3),
            "many": len(search_r1(QUESTIONS * 200, 5)),
            "none": search_r1([], 3),
            "refused": post(URL + "/retrieve", {"queries": "text"}),
        }
    )
)
