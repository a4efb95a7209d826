using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using VisionCluster.Contracts.Telemetry;
using VisionCluster.Gateway;
using VisionCluster.Grains.Sessions;
using VisionCluster.Inference.Devices;
using VisionCluster.Inference.Imaging;
using VisionCluster.Server;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>The options that the program has, to check what deployments set.</summary>
internal static class ProgramOptions
{
    /// <summary>Types of options by their section; found by the constant that names it.</summary>
    public static IReadOnlyDictionary<string, Type> Sections { get; } = new[]
        {
            typeof(TelemetryOptions), typeof(GatewayOptions), typeof(ImageSessionOptions), typeof(DeviceOptions), typeof(VisionServer),
        }
        .SelectMany(type => type.Assembly.GetTypes())
        .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetRawConstantValue() as string))
        .Where(found => found.Section is not null)
        .Append((Type: typeof(ImageLimits), Section: "Vision:Images"))
        .ToDictionary(found => found.Section!, found => found.Type, StringComparer.OrdinalIgnoreCase);

    /// <summary>Fails where a key beneath <c>Vision</c> is none of the program's, or a value is not one of the key's.</summary>
    public static void Check(IConfiguration configuration)
    {
        foreach (var section in configuration.GetSection("Vision").GetChildren())
        {
            Assert.True(Sections.TryGetValue(section.Path, out var type), $"{section.Path} is no section of the program.");
            var options = section.Get(type, binder => binder.ErrorOnUnknownConfiguration = true)!;
            var wrong = new List<ValidationResult>();
            Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true);
            Assert.True(wrong.Count == 0, $"{section.Path}: {string.Join(' ', wrong)}");
        }
    }
}
