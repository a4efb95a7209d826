using Microsoft.Extensions.Options;

namespace VisionCluster.Server.Roles;

/// <summary>What a process does; section <c>Vision:Roles</c>.</summary>
public sealed class RoleOptions
{
    /// <summary>Where options are read from.</summary>
    public const string Section = "Vision:Roles";

    /// <summary>Whether it serves HTTP to callers.</summary>
    public bool Gateway { get; set; } = true;

    /// <summary>Whether it runs models on this machine's devices.</summary>
    public bool Worker { get; set; } = true;

    internal static RoleOptions Read(IConfiguration configuration)
    {
        var roles = configuration.GetSection(Section).Get<RoleOptions>() ?? new RoleOptions();
        return roles.Gateway || roles.Worker
            ? roles
            : throw new OptionsValidationException(
                Section, typeof(RoleOptions), [$"{Section}: at least one of Gateway and Worker must be true."]);
    }
}
