using System.Text.Json;
using VisionCluster.Inference.Imaging;
using VisionCluster.Inference.Masks;
using VisionCluster.TestKit.ReferenceData;

namespace VisionCluster.Inference.Tests.Masks;

public sealed class MasksReferenceTests
{
    [ReferenceFact]
    public void CocoRleCodec_RecordedMasks_IsEqualToPycocotools()
    {
        foreach (JsonElement c in ReferenceFiles.Json("utils/rle.json").GetProperty("cases").EnumerateArray())
        {
            (int height, int width) = (c.GetProperty("size_hw")[0].GetInt32(), c.GetProperty("size_hw")[1].GetInt32());
            uint[] counts = [.. c.GetProperty("counts").EnumerateArray().Select(n => n.GetUInt32())];
            byte[] rows = new byte[height * width];
            MaskRuns.Fill(counts, height, width, rows, 1);
            if (c.GetProperty("mask_rows") is { ValueKind: JsonValueKind.Array } bits)
            {
                Assert.Equal(bits.EnumerateArray().SelectMany(r => r.GetString()!).Select(b => (byte)(b - '0')), rows);
            }

            CocoRle rle = CocoRleCodec.Encode(rows, height, width);

            Assert.Equal(c.GetProperty("coco").GetString(), rle.Counts);
            Assert.Equal(counts, CocoRleCodec.Decompress(rle));
            Assert.Equal(rows, CocoRleCodec.Decode(rle));
            Assert.Equal(c.GetProperty("area").GetInt64(), CocoRleCodec.Area(rle));
            PixelRect box = CocoRleCodec.Box(rle);
            Assert.Equal(
                c.GetProperty("coco_bbox_xywh").EnumerateArray().Select(n => (int)n.GetDouble()),
                [box.X, box.Y, box.Width, box.Height]);
        }
    }

    [ReferenceFact]
    public void BoxNms_RecordedBoxes_KeepsTheSame()
    {
        foreach (JsonElement c in ReferenceFiles.Json("utils/nms.json").GetProperty("cases").EnumerateArray())
        {
            float[] boxes = [.. c.GetProperty("boxes").EnumerateArray().SelectMany(Numbers)];
            float[] scores = Numbers(c.GetProperty("scores"));
            int[] classes = [.. Numbers(c.GetProperty("class_ids")).Select(n => (int)n)];
            float threshold = c.GetProperty("iou_threshold").GetSingle();

            Assert.Equal(Numbers(c.GetProperty("nms_keep")).Select(n => (int)n), BoxNms.Keep(boxes, scores, threshold));
            Assert.Equal(
                Numbers(c.GetProperty("batched_nms_keep")).Select(n => (int)n),
                BoxNms.Keep(boxes, scores, classes, threshold));
        }
    }

    [ReferenceFact]
    public void BoxIou_RecordedBoxes_IsEqual()
    {
        foreach (JsonElement c in ReferenceFiles.Json("utils/box_iou.json").GetProperty("cases").EnumerateArray())
        {
            float[] first = [.. c.GetProperty("boxes1").EnumerateArray().SelectMany(Numbers)];
            float[] second = [.. c.GetProperty("boxes2").EnumerateArray().SelectMany(Numbers)];
            float[] expected = [.. c.GetProperty("iou").EnumerateArray().SelectMany(Numbers)];

            Assert.All(expected.Zip(BoxIou.Matrix(first, second)), p => Assert.Equal(p.First, p.Second, 1e-5f));
        }
    }

    [ReferenceFact]
    public void Upscale_RecordedLogits_GivesTheRecordedMasks()
    {
        var upscaler = new MaskUpscaler();
        int compared = 0;
        foreach (JsonElement image in ReferenceFiles.Json("sam/predictor.json").GetProperty("images").EnumerateArray())
        {
            JsonElement size = image.GetProperty("size_hw");
            var geometry = ResizeGeometry.For(Imaging.Models.Sam, size[1].GetInt32(), size[0].GetInt32());
            foreach (JsonElement c in image.GetProperty("cases").EnumerateArray())
            {
                if (!c.TryGetProperty("low_res_logits", out JsonElement file))
                {
                    continue;
                }

                float[] logits = NpyFile.Read(ReferenceFiles.Path("sam/" + file.GetString())).Floats();
                JsonElement[] masks = [.. c.GetProperty("masks").EnumerateArray()];
                for (int m = 0; m < masks.Length; m++)
                {
                    var lowRes = logits.AsSpan(m * 256 * 256, 256 * 256);
                    CocoRle own = upscaler.Upscale(lowRes, 256, 256, 1024, geometry, 0).ToRle();
                    var recorded = new CocoRle(own.Height, own.Width, masks[m].GetProperty("counts").GetString()!);

                    Assert.True(Iou(CocoRleCodec.Decode(own), CocoRleCodec.Decode(recorded)) > 0.999);
                    compared++;
                }
            }
        }

        Assert.True(compared > 10);
    }

    [ReferenceFact]
    public void Upscale_RecordedInterpolation_CrossesEveryThresholdAlike()
    {
        float[] input = NpyFile.Read(ReferenceFiles.Path("utils/upscale_in.npy")).Floats();
        float[] output = NpyFile.Read(ReferenceFiles.Path("utils/upscale_64_to_256_crop171x256_to_100x150.npy")).Floats();
        var geometry = new ResizeGeometry(150, 100, 256, 171, 0, 0);
        foreach (float threshold in (float[])[-1, -0.5f, 0, 0.25f, 1])
        {
            for (int channel = 0; channel * 64 * 64 < input.Length; channel++)
            {
                MaskResult mask = new MaskUpscaler().Upscale(
                    input.AsSpan(channel * 4096, 4096), 64, 64, 256, geometry, threshold);
                byte[] rows = CocoRleCodec.Decode(mask.ToRle());
                for (int i = 0; i < rows.Length; i++)
                {
                    float value = output[(channel * 15_000) + i];
                    Assert.True(Math.Abs(value - threshold) < 1e-5 || (rows[i] != 0) == (value > threshold));
                }
            }
        }
    }

    private static double Iou(byte[] a, byte[] b)
    {
        int both = a.Zip(b).Count(p => p.First + p.Second == 2);
        int either = a.Zip(b).Count(p => p.First + p.Second > 0);
        return either == 0 ? 1 : (double)both / either;
    }

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(v =>
        v.ValueKind == JsonValueKind.Null ? float.NaN : v.GetSingle())];
}
