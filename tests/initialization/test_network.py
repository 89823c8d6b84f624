"""The network by hand against torch.nn, autograd and torch.optim, and initialisations against what they promise.

Every activation and every optimiser is compared with torch's own of its kind.
"""

import math
from collections.abc import Callable
from functools import partial
from types import ModuleType

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from byhand.errors import BadInput
from byhand.initialization import activations, network, optimizers, propagation
from byhand.initialization.distributions import haar
from byhand.initialization.initializations import named
from byhand.initialization.notebook import OPTIMIZERS as TORCH_OPTIMIZERS
from byhand.initialization.settings import ACTIVATIONS, NAMES, OPTIMIZERS
from byhand.numerics.randomness import generator

ALL = ["uniform_0.01", "uniform_0.1", "uniform_2.0", *NAMES]
INPUTS, CLASSES, BATCH = 30, 10, 16
TANH, SGD = activations.named("tanh"), optimizers.named("sgd")


def start(name: str, depth: int, runs: int = 1, width: int = 50) -> network.Parameters:
    streams = [generator("test", name, depth, seed) for seed in range(runs)]
    return network.initial(named(name), network.widths(INPUTS, width, depth, CLASSES), streams).map(Tensor.double)


def batch(step: int) -> tuple[Tensor, Tensor]:
    stream = generator("test", "batch", step)
    x = torch.rand(BATCH, INPUTS, generator=stream, dtype=torch.float64)
    return x, torch.randint(CLASSES, (BATCH,), generator=stream)


class Affine(nn.Module):
    """W h + b for examples as columns, as ours are, so that products round alike."""

    def __init__(self, W: Tensor, b: Tensor) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(W.clone()), nn.Parameter(b[:, None].clone())

    def forward(self, h: Tensor) -> Tensor:
        return self.weight @ h + self.bias


class Erf(nn.Module):
    """erf, which torch.nn lacks."""

    def forward(self, z: Tensor) -> Tensor:
        return torch.erf(z)


TORCH_ACTIVATIONS = {"tanh": nn.Tanh(), "relu": nn.ReLU(), "gelu": nn.GELU(), "erf": Erf()}


def in_torch(parameters: network.Parameters, run: int = 0, activation: str = "tanh") -> nn.Sequential:
    """The same network out of torch's own parts, for autograd and torch.optim."""
    layers: list[nn.Module] = []
    for W, b in zip(parameters.weights, parameters.biases, strict=True):
        layers += [Affine(W[run], b[run]), TORCH_ACTIVATIONS[activation]]
    return nn.Sequential(*layers[:-1])


def relative(mine: Tensor, theirs: Tensor) -> float:
    scale = theirs.abs().max().item()
    return (mine - theirs).abs().max().item() / scale if scale else mine.abs().max().item()


@pytest.mark.parametrize("depth", [1, 8, 32])
@pytest.mark.parametrize("name", ALL)
def test_each_of_a_hundred_steps_by_hand_is_that_of_torch(name: str, depth: int) -> None:
    """Each from the same parameters: a chaotic network would amplify a last digit from step to step."""
    parameters, method = start(name, depth), network.Method(TANH, SGD, 0.01)
    signals, memory = None, network.remembered(parameters, SGD)
    for step in range(100):
        x, labels = batch(step)
        model = in_torch(parameters)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
        loss = nn.functional.cross_entropy(model(x.mT).mT, labels)
        loss.backward()
        optimiser.step()
        signals = network.forward(parameters, network.with_ones(x), TANH, signals)
        logarithms = network.log_softmax(signals.logits)
        ours = network.cross_entropy(logarithms, labels.unsqueeze(0))
        assert ours.item() == pytest.approx(loss.item(), rel=1e-12)
        last = network.cross_entropy_derivative(logarithms, labels.unsqueeze(0))
        parameters, memory = network.gradient_step(parameters, signals, last, method, memory)
        theirs = list(model.parameters())
        for layer, (W, b) in enumerate(zip(parameters.weights, parameters.biases, strict=True)):
            assert relative(W[0], theirs[2 * layer]) < 1e-12, f"W of layer {layer + 1}, step {step + 1}"
            assert relative(b[0], theirs[2 * layer + 1][:, 0]) < 1e-12, f"b of layer {layer + 1}, step {step + 1}"


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", ["uniform_2.0", "xavier_uniform", "torch_default"])
def test_gradients_of_every_layer_and_run_are_autograds(name: str, activation: str) -> None:
    parameters = start(name, 5, runs=3)
    x, labels = batch(0)
    f = activations.named(activation)
    signals = network.forward(parameters, network.with_ones(x), f)
    last = network.cross_entropy_derivative(network.log_softmax(signals.logits), labels.expand(3, -1))
    mine = network.gradient(signals, network.backward(parameters, signals, last, f))
    for run in range(3):
        model = in_torch(parameters, run, activation)
        nn.functional.cross_entropy(model(x.mT).mT, labels).backward()
        theirs = [parameter.grad for parameter in model.parameters()]
        for layer in range(6):
            weight, bias = theirs[2 * layer], theirs[2 * layer + 1]
            assert weight is not None
            assert bias is not None
            assert relative(mine.weights[layer][run], weight) < 1e-12
            assert relative(mine.biases[layer][run], bias[:, 0]) < 1e-12


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_torchs_and_its_slope_autograds(name: str) -> None:
    f, theirs = activations.named(name), TORCH_ACTIVATIONS[name]
    given = 0.003 * torch.arange(-10000, 10001, dtype=torch.float64)  # 0 among them
    z = given.clone().requires_grad_()
    value = theirs(z)
    value.sum().backward()
    assert z.grad is not None
    slope, z = z.grad, given.clone()
    torch.testing.assert_close(f.value(z), value.detach(), rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(f.slope(z), slope, rtol=1e-12, atol=1e-14)
    assert torch.equal(z, given), "z stays as it is"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_way_of_training_is_value_and_slope(name: str, dtype: torch.dtype) -> None:
    f = activations.named(name)
    z = 3 * torch.randn(2, 5, 7, generator=generator("test"), dtype=dtype)
    delta = torch.randn(2, 5, 7, generator=generator("another"), dtype=dtype)
    value, slope = f.value(z), f.slope(z)
    assert value.dtype == slope.dtype == dtype
    h = z.clone()
    kept = f.forward(h)
    atol = 50 * torch.finfo(dtype).eps
    torch.testing.assert_close(h, value, rtol=0, atol=atol)
    torch.testing.assert_close(f.backward(delta.clone(), kept), delta * slope, rtol=0, atol=atol)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_of_a_hundred_steps_of_an_optimiser_is_that_of_torch(name: str) -> None:
    """Given the same gradients, of sizes from 1e-10 to 1e2."""
    ours, stream = optimizers.named(name), generator("test")
    theta = torch.randn(2, 6, 5, generator=stream, dtype=torch.float64)
    theirs = nn.Parameter(theta.clone())
    optimiser = TORCH_OPTIMIZERS[name]([theirs], lr=0.01)
    memory = ours.start(theta)
    sizes = 10 ** torch.linspace(-10, 2, 30, dtype=torch.float64).view(6, 5)
    for step in range(100):
        theirs.grad = sizes * torch.randn(2, 6, 5, generator=stream, dtype=torch.float64)
        before = theta.clone()
        after, memory = ours.step(theta, theirs.grad.clone(), memory, 0.01)
        assert torch.equal(theta, before), "theta stays as it is"
        optimiser.step()
        assert relative(after, theirs.detach()) < 1e-12, f"step {step + 1}"
        moved = (theirs.detach() - before).abs()
        assert ((after - theirs.detach()).abs() <= 1e-10 * moved + 1e-15 * before.abs()).all(), f"step {step + 1}"
        theta = theirs.detach().clone()


def test_measured_norms_are_those_of_autograd() -> None:
    parameters = start("xavier_uniform", 3, runs=2)
    x, labels = batch(0)
    layers = propagation.measured(parameters, x, labels, TANH)
    model = in_torch(parameters, 1)
    inputs, h = [], x.mT
    for part in model:
        h = part(h)
        if isinstance(part, Affine):
            h.retain_grad()
            inputs.append(h)
    nn.functional.cross_entropy(h.mT, labels).backward()
    linears = [part for part in model if isinstance(part, Affine)]
    for layer, linear in enumerate(linears):
        assert linear.weight.grad is not None
        assert linear.bias.grad is not None
        assert layers.weight_gradient_norm[1, layer].item() == pytest.approx(
            linear.weight.grad.norm().item(), rel=1e-12
        )
        assert layers.bias_gradient_norm[1, layer].item() == pytest.approx(linear.bias.grad.norm().item(), rel=1e-12)
        assert layers.delta_norm[1, layer].item() == pytest.approx(inputs[layer].grad.norm().item(), rel=1e-12)
        if layer < 3:
            h = inputs[layer].tanh()
            assert layers.activation_deviation[1, layer].item() == pytest.approx(h.std().item())
            assert layers.saturated_share[1, layer].item() == (h.abs() > 0.97).double().mean().item()
    assert layers.activation_mean[:, 3].isnan().all()


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=5), st.integers(0, 1))
def test_cross_entropy_and_its_derivative_are_torchs(logits: list[float], label: int) -> None:
    z = torch.tensor([logits], dtype=torch.float64).mT[None].requires_grad_()
    labels = torch.tensor([[label]])
    theirs = nn.functional.cross_entropy(z, labels)
    theirs.backward()
    ours = network.log_softmax(z.detach())
    assert network.cross_entropy(ours, labels).item() == pytest.approx(theirs.item(), rel=1e-12, abs=1e-12)
    assert z.grad is not None
    torch.testing.assert_close(network.cross_entropy_derivative(ours, labels), z.grad, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ALL)
def test_weights_have_mean_zero_and_the_promised_variance(name: str) -> None:
    initialization = named(name)
    for fan_in, fan_out in ((300, 200), (200, 300), (200, 200)):
        weights = initialization.draw(fan_in, fan_out, generator("test", name))
        variance = initialization.variance(fan_in, fan_out)
        assert weights.shape == (fan_in, fan_out)
        assert weights.mean().abs() < 5 * math.sqrt(variance / weights.numel())
        assert weights.square().mean().item() == pytest.approx(variance, rel=0.03)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("xavier_uniform", nn.init.xavier_uniform_),
        ("lecun", partial(nn.init.kaiming_normal_, nonlinearity="linear")),
        ("he", partial(nn.init.kaiming_normal_, nonlinearity="relu")),
        ("orthogonal", nn.init.orthogonal_),
    ],
)
def test_the_variance_is_that_of_torchs_initialisation(name: str, theirs: Callable[..., Tensor]) -> None:
    for fan_in, fan_out in ((300, 200), (200, 300)):
        weights = theirs(torch.empty(fan_out, fan_in), generator=generator("test", name))
        assert named(name).variance(fan_in, fan_out) == pytest.approx(weights.square().mean().item(), rel=0.03)


def test_uniform_weights_stay_within_d() -> None:
    weights = named("uniform_0.1").draw(100, 100, generator("test"))
    assert weights.abs().max() <= 0.1
    assert weights.max() > 0.0999
    assert weights.min() < -0.0999


@pytest.mark.parametrize(("fan_in", "fan_out"), [(40, 40), (60, 40), (40, 60)])
def test_orthogonal_weights_are_orthonormal_on_the_shorter_side(fan_in: int, fan_out: int) -> None:
    W = named("orthogonal").draw(fan_in, fan_out, generator("test"))
    product = W.mT @ W if fan_in >= fan_out else W @ W.mT
    torch.testing.assert_close(product, torch.eye(min(fan_in, fan_out)), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["uniform", "uniform_0", "uniform_0.0", "uniform_-1", "uniform_1e-3", "glorot", ""])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match=rf"expected uniform_NUMBER or one of {', '.join(NAMES)}$"):
        named(name)


def test_a_seed_draws_the_same_weights_alone_and_with_others() -> None:
    together, alone = start("he", 2, runs=3), start("he", 2, runs=1)
    assert all(torch.equal(a[:1], b) for a, b in zip(together.weights, alone.weights, strict=True))
    assert not torch.equal(together.weights[0][0], together.weights[0][1])
    assert all((b == 0).all() for b in together.biases)


def test_torchs_default_is_that_of_its_linear_layer() -> None:
    """Of the bounds and the variances of weights and biases; torch's stream gives other numbers."""
    torch.manual_seed(0)
    theirs = nn.Linear(400, 20000)
    parameters = network.initial(named("torch_default"), [400, 20000], [generator("test")])
    for mine, other in ((parameters.weights[0], theirs.weight), (parameters.biases[0], theirs.bias)):
        assert mine.abs().max().item() == pytest.approx(0.05, rel=1e-3)
        assert mine.abs().max() <= 0.05
        assert mine.square().mean().item() == pytest.approx(other.square().mean().item(), rel=0.03)
    assert parameters.biases[0].shape == (1, 20000)


@pytest.mark.parametrize(("fan_in", "fan_out"), [(4, 4), (6, 4), (4, 6)])
def test_orthogonal_weights_are_the_seeds_q_with_the_signs_of_r(fan_in: int, fan_out: int) -> None:
    wide, narrow, variance = max(fan_in, fan_out), min(fan_in, fan_out), 0.25
    drawn = torch.empty(wide, narrow, dtype=torch.float64).normal_(generator=generator("test"))
    W = haar(fan_in, fan_out, variance, generator("test"))
    q = (W if fan_in >= fan_out else W.mT).double() / math.sqrt(variance * wide)
    r = q.mT @ drawn
    torch.testing.assert_close(q @ r, drawn, atol=1e-5, rtol=0)
    torch.testing.assert_close(r, r.triu(), atol=1e-5, rtol=0)
    assert (r.diagonal() > 0).all()


@pytest.mark.parametrize("name", ALL)
def test_the_seed_alone_decides_the_weights(name: str) -> None:
    first, again, other = (named(name).draw(5, 4, generator(seed)) for seed in ("test", "test", "another"))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_cross_entropy_of_many_rows_and_runs_is_their_mean_by_run() -> None:
    logits = torch.randn(3, 4, 5, generator=generator("test"), dtype=torch.float64)
    labels = torch.randint(4, (3, 5), generator=generator("test"))
    theirs = torch.stack([nn.functional.cross_entropy(z.mT, y) for z, y in zip(logits, labels, strict=True)])
    torch.testing.assert_close(network.cross_entropy(network.log_softmax(logits), labels), theirs, rtol=1e-13, atol=0)


def test_a_step_keeps_every_shape_and_writes_into_what_it_was_given() -> None:
    parameters = start("he", 2, runs=2)
    x = torch.randn(2, INPUTS + 1, 7, generator=generator("test"), dtype=torch.float64)
    signals = network.forward(parameters, x, TANH)
    again = network.forward(parameters, x, TANH, signals)
    assert [a.data_ptr() for a in again.inputs] == [a.data_ptr() for a in signals.inputs]
    assert again.logits.data_ptr() == signals.logits.data_ptr()
    memory = network.remembered(parameters, SGD)
    method = network.Method(TANH, SGD, 0.1)
    after, _ = network.gradient_step(parameters, signals, torch.ones_like(signals.logits), method, memory)
    assert [theta.shape for theta in after.layers] == [theta.shape for theta in parameters.layers]


def test_what_does_not_fit_together_is_refused() -> None:
    parameters = start("he", 2, runs=1)
    x = torch.zeros(INPUTS + 1, 7, dtype=torch.float64)
    signals = network.forward(parameters, x, TANH)
    deltas = network.backward(parameters, signals, signals.logits, TANH)
    fewer = network.Signals(signals.inputs[:-1], signals.kept[:-1], signals.logits)
    for call in (
        lambda: network.backward(parameters, fewer, signals.logits, TANH),
        lambda: network.gradient(signals, deltas[1:]),
    ):
        with pytest.raises(ValueError, match="zip"):
            call()


@pytest.mark.parametrize("package", [activations, optimizers])
def test_an_unknown_activation_or_optimiser_is_refused(package: ModuleType) -> None:
    for name in ("swish", "__init__", ""):
        with pytest.raises(BadInput, match=r"^no (activation|optimizer) .*; expected one of "):
            package.named(name)
