using System.Text.Json;
using VisionCluster.Contracts.AutomaticMasks;

namespace VisionCluster.Contracts.Tests.AutomaticMasks;

public sealed class MaskSegmentationTests
{
    private static readonly byte[] Png = [.. new byte[19], 3, 0, 0, 0, 2, 1];

    [Fact]
    public void Json_Compressed_IsTheOriginalsForm() =>
        Assert.Equal("""{"size":[2,3],"counts":"231"}""", JsonSerializer.Serialize(new MaskSegmentation([2, 3]) { Counts = "231" }));

    [Fact]
    public void Json_Uncompressed_HasNumbersAndComesBack()
    {
        var json = JsonSerializer.Serialize(new MaskSegmentation([2, 3]) { Runs = new uint[] { 2, 3, 1 } });

        Assert.Equal("""{"size":[2,3],"counts":[2,3,1]}""", json);
        Assert.Equal([2u, 3, 1], JsonSerializer.Deserialize<MaskSegmentation>(json)!.Runs!.Value.ToArray());
    }

    [Fact]
    public void Json_Png_IsBase64AndItsSizeComesFromTheFile()
    {
        var json = JsonSerializer.Serialize(new MaskSegmentation([2, 3]) { Png = Png });

        var back = JsonSerializer.Deserialize<MaskSegmentation>(json)!;

        Assert.Equal(JsonSerializer.Serialize(Png), json);
        Assert.Equal([2, 3], back.Size);
        Assert.Equal(Png, back.Png!.Value.ToArray());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"size":[1,2]}""")]
    [InlineData("""{"size":[1,2],"counts":[-1]}""")]
    [InlineData("""{"size":"1","counts":[]}""")]
    [InlineData("\"AAAA\"")]
    public void Json_SomethingElse_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<MaskSegmentation>(json));
}
