using VisionCluster.Operations.Tests.Deployment;
using VisionCluster.TestKit.Servers;

namespace VisionCluster.Operations.Tests.Documents;

/// <summary>The sample service, as a process of its own against a server.</summary>
public sealed class SampleServiceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string Picture = RepositoryRoot.Of("src", "VisionCluster.StarterModels", "samples", "held-twemoji-1.png");

    /// <summary>Where it was built: beside these tests what the web framework brings is missing.</summary>
    private static readonly string Program = RepositoryRoot.Of(
        ["docs", "samples", "ImageService", "bin", .. AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..], "ImageService.dll"]);

    [Fact]
    public async Task ImageService_OnASample_SaysWhatItShowsAndWhere()
    {
        var (code, output, errors) = await RunAsync(shared.Server.Url.ToString(), Picture);
        Assert.True(code == 0, errors);
        Assert.StartsWith("held-twemoji-1.png", output, StringComparison.Ordinal);
        Assert.Matches(@"dog face \(0\.\d\d\), \d+ pixels, [1-9]\d* outlines", output);
        Assert.Matches("[1-9][0-9]* masks in all", output);
    }

    [Fact]
    public async Task ImageService_OnWhatIsNoImage_SaysSoAndFails()
    {
        var (code, _, errors) = await RunAsync(shared.Server.Url.ToString(), RepositoryRoot.Of("README.md"));
        Assert.Equal(1, code);
        Assert.NotEmpty(errors);
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) => Command.RunAsync(
        "timeout", null, ["120", "dotnet", Program, .. arguments]);
}
