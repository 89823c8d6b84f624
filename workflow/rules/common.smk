# Functions that rules use.

from byhand.data.layout import in_use

HOME = configuration.or_exit(configuration.data_home, config)


def figure(room, name):
    """The outputs of a rule that draws results/<room>/figure_<name>."""
    stem = f"{room}/figure_{name}"
    caption = f"../report/{room}_figure_{name}.rst"
    svg = report(f"results/{stem}.svg", caption=caption, category=TITLES[room])
    return dict(figure=[svg, f"results/{stem}.png"], provenance=f"results/{stem}.json")


def places(wildcards):
    """The values of the download of this kind of data: how hard it is tried, and where the arrays come from."""
    sources = config["data"][wildcards.kind]
    mirrors = {
        f"{source}_mirrors": urls
        for source, urls in config["data"]["mirrors"].items()
        if urls and source in sources
    }
    used = {"home": HOME} if in_use(sources, HOME) else {}
    return flags({**config["data"]["download"], "sources": sources, **used, **mirrors})


def timing(device, section):
    """The parameters of a rule that times Jacobians; `only` names the methods, or none for all."""
    values = {
        **config["jacobian"][section],
        "only": config["jacobian"][section].get("contenders", []),
        "device": device,
    }
    values.pop("contenders", None)
    return step("jacobian.steps.benchmark", values)
