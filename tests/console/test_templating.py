"""The library's templates under our policy: `bai_wx/console/templating.py`."""

import re

from jinja2 import DictLoader, Environment, PackageLoader

from bai_wx.console.templating import StrictLoader

HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
PAGE = '<script src="/a.js"></script><style>b{}</style><scripture>'


def test_scripts_and_styles_carry_the_nonce() -> None:
    loader = StrictLoader(DictLoader({"page.html": PAGE}))
    source, _, _ = loader.get_source(Environment(), "page.html")
    nonce = 'nonce="{{ request.state.nonce }}"'
    assert source == f'<script {nonce} src="/a.js"></script><style {nonce}>b{{}}</style><scripture>'


def test_no_handler_of_the_library_is_left_in_an_attribute() -> None:
    loader, environment = StrictLoader(PackageLoader("starlette_admin", "templates")), Environment()
    left = {
        name: found
        for name in loader.list_templates()
        if (found := HANDLER.findall(SCRIPT.sub("", loader.get_source(environment, name)[0])))
    }
    assert left == {}
