using System.Reflection;
using System.Text.Json.Nodes;

namespace VisionCluster.Operations.Tests.Deployment;

/// <summary>What the chart's schema of values says of the program's options: every name, and of what kind its value is.</summary>
internal static class OptionSchema
{
    /// <summary>Secrets come by reference only (<c>secretEnvironment</c>, <c>redis.existingSecret</c>, <c>authentication.keysSecret</c>).</summary>
    private static readonly string[] Secrets = ["Vision:Redis:ConnectionString", "Vision:ImageStore:EncryptionKeys", "Vision:Authentication:Keys"];

    /// <summary>Made from the program's types.</summary>
    public static JsonObject Make()
    {
        var root = Object("Vision", typeof(object));
        foreach (var (path, type) in ProgramOptions.Sections.OrderBy(section => section.Key, StringComparer.Ordinal))
        {
            var above = root;
            foreach (var part in path.Split(':')[1..^1])
            {
                above = above["properties"]![part]!.AsObject();
            }

            above["properties"]![path.Split(':')[^1]] = Object(path, type);
        }

        root["description"] = "Sections beneath Vision and their options; the program refuses values that are out of range when it starts.";
        return root;
    }

    private static JsonObject Object(string path, Type type)
    {
        var properties = new JsonObject();
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var key = $"{path}:{property.Name}";
            var held = Holds(property.PropertyType);
            if (!Secrets.Contains(key) && (property.SetMethod is not null || held || property.PropertyType.IsClass))
            {
                properties[property.Name] = Value(key, property.PropertyType);
            }
        }

        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
    }

    private static JsonObject Value(string path, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Holds(type))
        {
            var of = type.GetGenericArguments();
            return of.Length == 2
                ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(path, of[1]) }
                : new JsonObject { ["type"] = "array", ["items"] = Value(path, of[0]) };
        }

        return type switch
        {
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(int) || type == typeof(long) => new JsonObject { ["type"] = "integer" },
            _ when type == typeof(double) || type == typeof(float) => new JsonObject { ["type"] = "number" },
            { IsEnum: true } => new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => JsonValue.Create(name))]) },
            _ when type == typeof(TimeSpan) => new JsonObject { ["type"] = "string", ["pattern"] = @"^([0-9]+\.)?[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$" },
            { IsClass: true } when type != typeof(string) && type != typeof(Uri) => Object(path, type),
            _ => new JsonObject { ["type"] = "string" },
        };
    }

    private static bool Holds(Type type) => type != typeof(string) && type.IsGenericType && typeof(System.Collections.IEnumerable).IsAssignableFrom(type);
}
