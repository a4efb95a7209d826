using ImageService;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VisionCluster.Client;

// ImageService http://localhost:8080 picture.png ...
if (args is not [var address, _, ..])
{
    await Console.Error.WriteLineAsync("usage: ImageService URL PICTURE...");
    return 2;
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddVisionClusterClient(
    new Uri(address), options => options.ApiKey = Environment.GetEnvironmentVariable("VISIONCTL_API_KEY"));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(new Pictures(args[1..]));
builder.Services.AddHostedService<PictureReports>();
await builder.Build().RunAsync();
return Environment.ExitCode;
