"""Cells whose outcome must not depend on the way to the kernel. By group, each one a notebook.

What differs between any two executions (numbers of processes, addresses, times) is not shown.
"""

# ruff: noqa: E501, ISC004
from __future__ import annotations

from .conftest import until_heard

CORPUS: dict[str, list[str]] = {
    "plain": [
        "1 + 1",
        "print('to stdout')\n'and a result'",
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
        "sys.stdout.write('no newline')\nNone",
        "'ünïcödé ☃ \\U0001f40d'",
        "print('x' * 300_000)",
        "_ , __, In[1], Out[1]",
        "x = 5; x?",
        "%who_ls int",
        "%%capture said\nprint('captured')",
        "said.stdout",
        "import warnings\nwarnings.warn('careful', UserWarning)",
        "import inspect\ndef f(a, b=2):\n    return a + b\nprint(inspect.getsource(f))",
        "import pickle\npickle.loads(pickle.dumps({'a': [1, 2, (3, 4)]}))",
        "import logging\nlogging.basicConfig(format='%(message)s')\nlogging.warning('logged')",
        "'IPKernelApp' in get_ipython().config, get_ipython().__class__.__name__",
        "import os\nos.path.basename(os.getcwd()), [os.environ.get(n) for n in ('TERM', 'PAGER', 'TZ')]",
        "[os.path.basename(each) for each in sys.path], __name__",
        "sys.argv[0].endswith('ipykernel_launcher.py'), sys.argv[1], len(sys.argv)",
        "import signal\nsignal.getsignal(signal.SIGINT) is signal.default_int_handler, "
        "signal.getsignal(signal.SIGTERM) == signal.SIG_DFL",
        "sorted(name for name in globals() if not name.startswith('_'))",
        "sys.stdin.read()",
        "import time\ntime.tzname, time.localtime(0).tm_hour",
    ],
    "shown": [
        "from IPython.display import *\ndisplay(HTML('<b>bold</b>'), Markdown('*m*'))",
        "handle = display('first', display_id='kept')",
        "handle.update('second')",
        "for n in range(3):\n    clear_output(wait=True)\n    print(n)",
        "display(JSON({'a': 1}), metadata={'mine': True})\nLatex('$x$')",
        "class R:\n    def _repr_html_(self): return '<i>r</i>'\n    def __repr__(self): return 'r'\nR()",
        "print('before')\ndisplay('between')\nprint('after')",
        "display({'application/vnd.own+json': {'n': 1}, 'text/plain': 'own'}, raw=True)",
        "print('a', end='\\r')\nprint('b')",
        "%%html\n<u>cell</u>",
        "%%javascript\n1",
    ],
    "shown: with an error that does not end it": [
        "class Broken:\n    def _repr_html_(self): raise ValueError('no')\n"
        "    def __repr__(self): return 'broken'\nBroken()",
        "'and on'",
    ],
    "waiting": [
        "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
        "async def later():\n    await asyncio.sleep(0.02)\n    print('from a task')\n"
        "task = asyncio.ensure_future(later())\nawait task",
        "asyncio.get_running_loop().is_running()",
        "import threading\nt = threading.Thread(target=lambda: print('from a thread'))\n"
        "t.start(); t.join()",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(2) as pool:\n    print(list(pool.map(lambda x: x * x, range(4))))",
        "import contextvars\nv = contextvars.ContextVar('v', default=1)\nv.set(2)\nv.get()",
        "v.get()",
    ],
    "started": [
        "!echo from a shell",
        "out = !echo caught\nout",
        "%%bash\necho bash; echo wrong >&2",
        "import subprocess, sys, os\nsubprocess.run(['echo', 'from a subprocess'], check=True).returncode  # past Python",
        "os.system('echo from os.system')  # past Python",
        "print('one', flush=True)\nos.system('echo two')\nprint('three')  # past Python",
        "import ctypes\nctypes.CDLL(None).puts(b'from C') >= 0, ctypes.CDLL(None).fflush(None)  # past Python",
        "subprocess.check_output(['cat'], text=True, stdin=subprocess.DEVNULL)",
        "pid = os.fork()\nif pid == 0:\n    print('from a fork', flush=True)\n    os._exit(0)\n"
        "os.waitpid(pid, 0)[1]",
        "import multiprocessing\nctx = multiprocessing.get_context('fork')\n"
        "def work(n):\n    print('worked', flush=True)\n    return n * n\n"
        "with ctx.Pool(1) as pool:\n    print(pool.map(work, [3]))",
        "import joblib, math\njoblib.Parallel(n_jobs=2)(joblib.delayed(math.sqrt)(n) for n in (4, 9))",
        "sys.stdout.fileno() > 2, sys.__stdout__.fileno(), sys.stdout.isatty(), sys.stdout.encoding",
        "os.write(1, b'to descriptor 1\\n')  # past Python",
        "[os.path.exists(f'/proc/self/fd/{n}') for n in (0, 1, 2)]",
    ],
    "libraries": [
        "import numpy as np\nnp.arange(6).reshape(2, 3)",
        "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', 'y']})",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);\nplt.gcf().get_size_inches().tolist()",
        "fig, ax = plt.subplots()\nax.bar(['a', 'b'], [1, 2])\nfig",
        "import matplotlib\nmatplotlib.get_backend()",
        "%matplotlib inline\nplt.hist([1, 1, 2]);",
        "import ipywidgets as w\nslider = w.IntSlider(value=3, description='n')\nslider",
        "slider.value = 7\nslider.value",
        "out = w.Output()\nwith out:\n    print('inside')\nout",
        "from tqdm import tqdm\nfor _ in tqdm(range(3), bar_format='{n}'):\n    pass",
        "from tqdm.auto import tqdm as auto\nfor _ in auto(range(2), bar_format='{n}'):\n    pass",
        "np.random.seed(0)\nnp.random.rand(2), np.random.default_rng(1).random()",
        "A = np.eye(200)\nfloat((A @ A).sum())",
    ],
    "ends: raises": ["x = 1", "def f():\n    return 1 / 0\nf()", "print('never')"],
    "ends: syntax": ["x = 1", "x = = 2", "print('never')"],
    "ends: exit": ["x = 1", "import sys; sys.exit(0)", "print('never')"],
    "ends: exit with a status": ["x = 1", "import sys; sys.exit(3)", "print('never')"],
    "ends: asks": ["x = 1", "input('who? ')", "print('never')"],
    "ends: killed": [
        until_heard("last words") + "os.kill(os.getpid(), 9)",
        "print('never')",
    ],
    "ends: os._exit": [
        until_heard("last words") + "os._exit(3)",
        "print('never')",
    ],
    "ends: its own exception": [
        "class Mine(Exception):\n    def _render_traceback_(self): return ['mine']",
        "raise Mine('so')",
    ],
}
