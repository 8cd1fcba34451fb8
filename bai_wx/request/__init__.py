"""One request, from the bytes of its connection to the bytes of its answer.

The modules in the order it travels:

1. The connection: `protocol` within the bounds of `connection_limits`; `http1` reads the head and the body's
   length, `http_exchange` is one request and its answer, `observation` what is counted of it.
2. The edge: `edge` asks `cors` and `limits`, and finds the operation in `routes`. What our lane does not serve
   goes to Connexion: `connexion_lane`, with `conditional` for files and `streaming` for the client's pace.
   A path outside the contract may be a page: `mounts`.
3. The body: `arrival` waits for it.
4. The choice of a place: `dispatch` goes by the table in `ways`, to the event loop, to `write_queue` or to
   one of the `pools`. A login passes `login_exchange` first, where WeChat is asked.
   `execution` runs the operation there.
5. The operation: `operation` checks (`tokens`, `parameters`, `bodies`), answers (a function of `handlers/`)
   and renders. A batch has its requests answered by their own operations: `batch`. `error_mapping` names an
   exception, `render` writes bytes, `responses` compares them with the
   contract.
6. The way out: `sending`, then `http_exchange` again. `access_log` may write a line of what was observed.

What is handed from one to the next is an `Incoming` (`incoming`) and a `Reply` (`render`); `asgi` has the
types of the interface that Connexion and uvicorn share.
"""
