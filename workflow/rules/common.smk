# Functions that rules use.

from byhand.data.layout import in_use


def figure(room, name):
    """The outputs of a rule that draws results/<room>/figure_<name>."""
    stem = f"{room}/figure_{name}"
    caption = f"../report/{room}_figure_{name}.rst"
    svg = report(f"results/{stem}.svg", caption=caption, category=TITLES[room])
    return dict(figure=[svg, f"results/{stem}.png"], provenance=f"results/{stem}.json")


def places(wildcards, output):
    """The flags that say where the arrays of this kind come from and go to."""
    home = configuration.data_home(config)
    sources = config["data"][wildcards.kind]
    mirrors = {
        f"{source}_mirrors": config["data"]["mirrors"].get(source)
        for source in sources
        if config["data"]["mirrors"].get(source)
    }
    home = {"home": home} if in_use(sources, home) else {}
    return flags({"sources": sources, **home, **mirrors, "arrays": output.arrays})


def timing(device, section):
    """The parameters of a rule that times Jacobians; `only` names the methods, or none for all."""
    values = {
        **config["jacobian"][section],
        "only": config["jacobian"][section].get("contenders", []),
        "device": device,
    }
    values.pop("contenders", None)
    return step("jacobian.steps.benchmark", values)
