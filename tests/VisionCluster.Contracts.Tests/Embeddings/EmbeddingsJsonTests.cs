using System.Text.Json;
using VisionCluster.Contracts.Embeddings;

namespace VisionCluster.Contracts.Tests.Embeddings;

public sealed class EmbeddingsJsonTests
{
    [Fact]
    public void Read_OneText_IsAListOfOne()
    {
        var request = Parse("""{"input":"a cat"}""");
        Assert.Equal("a cat", Assert.Single(request.Input).Text);
        Assert.Equal(EmbeddingEncoding.Numbers, request.EncodingFormat);
    }

    [Fact]
    public void Read_MixedInputs_AreToldApart()
    {
        var request = Parse("""{"input":["a cat","data:image/png;base64,AQID",{"image":"0a"}],"encoding_format":"base64","truncate":true}""");
        Assert.Equal(
            [EmbeddingInput.OfText("a cat").Text, null, null], request.Input.Select(input => input.Text));
        Assert.Equal([1, 2, 3], request.Input[1].Content.ToArray());
        Assert.Equal("0a", request.Input[2].Image);
        Assert.Equal((EmbeddingEncoding.Base64, true), (request.EncodingFormat, request.Truncate));
    }

    [Theory]
    [InlineData("""{"input":"data:image/png,AQID"}""")]
    [InlineData("""{"input":"data:image/png;base64,AQI*"}""")]
    [InlineData("""{"input":["data:image/png;base64,"]}""")]
    [InlineData("""{"input":[{"image":1}]}""")]
    [InlineData("""{"input":[{"image":"a","text":"b"}]}""")]
    [InlineData("""{"input":[{"text":"b"}]}""")]
    [InlineData("""{"input":[[1,2]]}""")]
    [InlineData("""{"input":[12]}""")]
    public void Read_OtherInputs_AreRefused(string json) => Assert.Throws<JsonException>(() => Parse(json));

    [Theory]
    [InlineData("""{"input":[]}""")]
    [InlineData("""{"input":""}""")]
    [InlineData("""{"input":[null]}""")]
    public void Violations_NothingToEmbed_AreNamed(string json) => Assert.NotEmpty(Parse(json).Violations());

    [Fact]
    public void Write_BothEncodings_CarryTheSameNumbers()
    {
        float[] values = [0.1f, -2f, float.Epsilon];
        var numbers = JsonSerializer.Serialize(new EmbeddingData(3, new EmbeddingVector(values)), JsonSerializerOptions.Web);
        var base64 = JsonSerializer.Serialize(new EmbeddingData(3, new EmbeddingVector(values, EmbeddingEncoding.Base64)), JsonSerializerOptions.Web);
        Assert.Contains("\"object\":\"embedding\"", numbers, StringComparison.Ordinal);
        Assert.Contains("[0.1,-2,", numbers, StringComparison.Ordinal);
        Assert.All(
            new[] { numbers, base64 },
            json => Assert.Equal(values, JsonSerializer.Deserialize<EmbeddingData>(json, JsonSerializerOptions.Web)!.Embedding.Values.ToArray()));
    }

    private static EmbeddingsRequest Parse(string json) =>
        JsonSerializer.Deserialize<EmbeddingsRequest>(json, JsonSerializerOptions.Web)!;
}
