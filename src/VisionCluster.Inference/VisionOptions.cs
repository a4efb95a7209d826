using Microsoft.Extensions.DependencyInjection;

namespace VisionCluster.Inference;

/// <summary>Registers options the way all of ours are.</summary>
public static class VisionOptions
{
    /// <summary>Binds options to a section and checks them when the server starts.</summary>
    public static void AddVisionOptions<T>(this IServiceCollection services, string section)
        where T : class => services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
}
