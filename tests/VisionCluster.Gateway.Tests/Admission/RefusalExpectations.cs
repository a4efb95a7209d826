using Xunit.Abstractions;

namespace VisionCluster.Gateway.Tests.Admission;

internal static class RefusalExpectations
{
    /// <summary>Whatever the reason, it is the caller's: a problem of 400 to 499, which is given back.</summary>
    public static async Task<int> ExpectRefusalAsync(this Task<HttpResponseMessage> sent, ITestOutputHelper output, string what)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync();
        output.WriteLine($"{what}: {(int)answer.StatusCode} {text}");
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return (int)answer.StatusCode;
    }
}
