"""wheel.py NAME DIR: make a wheel of a package that Debian has installed."""
import importlib.metadata
import pathlib
import sys
import sysconfig
import zipfile

name, out = sys.argv[1], pathlib.Path(sys.argv[2])
site = pathlib.Path("/usr/lib/python3/dist-packages")
version = importlib.metadata.version(name)
info = f"{name}-{version}.dist-info"
tag = "py3-none-" + sysconfig.get_platform().replace("-", "_")

out.mkdir(parents=True)
with zipfile.ZipFile(out / f"{name}-{version}-{tag}.whl", "w") as wheel:
    record = []
    for file in sorted((site / name).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            wheel.write(file, file.relative_to(site))
            record.append(f"{file.relative_to(site)},,")
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: pack\nRoot-Is-Purelib: false\nTag: {tag}\n")
    record += [f"{info}/{part},," for part in ("METADATA", "WHEEL", "RECORD")]
    wheel.writestr(f"{info}/RECORD", "\n".join(record) + "\n")
