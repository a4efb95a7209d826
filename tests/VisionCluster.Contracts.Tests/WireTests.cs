using System.Reflection;
using VisionCluster.Contracts.Errors;

namespace VisionCluster.Contracts.Tests;

/// <summary>What crosses the wire keeps its names when C# changes: every type has an alias, every member an id.</summary>
public sealed class WireTests
{
    // Orleans' own generated requests are named by their interface and method.
    private static readonly Type[] Types = [.. typeof(VisionException).Assembly.GetExportedTypes()
        .Where(type => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != true)];

    [Fact]
    public void Types_ThatAreSerialised_HaveAnAlias() => Assert.All(
        Types.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null),
        type => Assert.True(type.GetCustomAttribute<AliasAttribute>() is not null, type.FullName));

    [Fact]
    public void Grains_AndTheirMethods_HaveAnAlias() => Assert.All(
        Types.Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)),
        type =>
        {
            Assert.True(type.GetCustomAttribute<AliasAttribute>() is not null, type.FullName);
            Assert.All(type.GetMethods(), method => Assert.True(method.GetCustomAttribute<AliasAttribute>() is not null, $"{type.Name}.{method.Name}"));
        });

    [Fact]
    public void Aliases_OfTypes_AreUnique()
    {
        var aliases = Types.Select(type => type.GetCustomAttribute<AliasAttribute>()?.Alias).OfType<string>().ToArray();
        Assert.Equal(aliases.Length, aliases.Distinct(StringComparer.Ordinal).Count());
    }
}
