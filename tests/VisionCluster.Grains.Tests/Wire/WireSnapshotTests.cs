using System.Reflection;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Sessions;

namespace VisionCluster.Grains.Tests.Wire;

/// <summary>
/// What crosses the wire or lies in a store is written down in <c>wire.txt</c>: silos of two versions serve together, so
/// a line may be added, but one that is there must stay as it is. <c>VISIONCLUSTER_WRITE_WIRE=1</c> adds new lines.
/// </summary>
public sealed class WireSnapshotTests
{
    private static readonly Assembly[] Assemblies = [typeof(VisionException).Assembly, typeof(LocalSessions).Assembly];

    [Fact]
    public void Contracts_OfThisVersion_AreThoseWrittenDown()
    {
        var now = Lines().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var file = Path.Combine(SourceFolder(), "wire.txt");
        var before = File.Exists(file) ? File.ReadAllLines(file) : [];
        Assert.True(before.Except(now).ToArray() is [], $"Gone or changed: {string.Join("; ", before.Except(now))}");
        if (Environment.GetEnvironmentVariable("VISIONCLUSTER_WRITE_WIRE") == "1")
        {
            File.WriteAllLines(file, now);
        }

        Assert.True(now.Except(before).ToArray() is [] || Environment.GetEnvironmentVariable("VISIONCLUSTER_WRITE_WIRE") == "1",
            $"New, to be written down with VISIONCLUSTER_WRITE_WIRE=1: {string.Join("; ", now.Except(before))}");
    }

    private static IEnumerable<string> Lines()
    {
        foreach (var type in Assemblies.SelectMany(assembly => assembly.GetTypes()))
        {
            // What Orleans generates for grains has names of its own.
            if (type.GetCustomAttribute<AliasAttribute>()?.Alias is not { } alias || type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == true)
            {
                continue;
            }

            if (type.IsInterface)
            {
                foreach (var method in type.GetMethods().Where(m => m.GetCustomAttribute<AliasAttribute>() is not null))
                {
                    var parameters = string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));
                    yield return $"{alias}.{method.GetCustomAttribute<AliasAttribute>()!.Alias}({parameters}) {Name(method.ReturnType)}";
                }
            }
            else
            {
                yield return alias;
                foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
                {
                    if (member.GetCustomAttribute<IdAttribute>()?.Id is { } id)
                    {
                        yield return $"{alias} {id}: {Name(member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType)}";
                    }
                }
            }
        }

        foreach (var type in Assemblies[0].GetExportedTypes().Where(type => type.IsEnum))
        {
            foreach (var name in Enum.GetNames(type))
            {
                yield return $"{type.Name}.{name} = {Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}";
            }
        }
    }

    /// <summary>By alias where there is one: a type may be renamed in C#.</summary>
    private static string Name(Type type)
    {
        if (type.GetCustomAttribute<AliasAttribute>()?.Alias is { } alias)
        {
            return alias;
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        return type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
    }

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "VisionCluster.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "VisionCluster.Grains.Tests", "Wire");
    }
}
